# 창구의 한 페이지, 인계, 두 사람 확인.

account-ways = 들어오는 방법
account-passkeys = 패스키
account-passkeys-what = 휴대전화나 열쇠 장치로 바로 들어와요. 새로 만들거나 지울 수 있어요.
account-links = 다른 기관의 로그인
account-links-what = 이 계정과 연결한 다른 기관의 로그인을 보고 끊을 수 있어요.

# 오늘 할 일
today-title = 오늘 할 일이 { $count }가지 있어요
today-nothing = 오늘 할 일을 다 했어요
today-list = 먼저 볼 순서
today-order = 동료가 넘긴 일, 카드가 잠겨 못 쓰는 분, 알림이 닿지 않은 분, 받다가 멈춘 분 순서예요.
today-untold = 어떤 방법으로도 알림이 닿지 않았어요. 오시거나 전화가 되면 전해 주세요.
today-taken = 넘겨받은 일: { $why }
today-offered = 동료가 넘겼어요: { $why }
today-offered-draft = 받다가 멈춘 분
today-glass = 긴급 열람이 검토를 기다려요. 검토가 끝나면 닫혀요.
today-draft = 받다가 멈췄어요. { $until }까지 보관하고, 그 뒤에는 지워요.
today-draft-nameless = 이름을 아직 안 적은 분

# 받다가 멈춘 기록
draft-later = 나중에 이어서
draft-saved = 적은 만큼 보관했어요.
draft-unsaved = 아직 보관하지 못했어요. ‘나중에 이어서’를 눌러 주세요.
draft-kept = { $at }에 보관했어요. { $until }까지 이어서 할 수 있어요.
draft-note = 이어서 할 때 알아 둘 것 (없어도 돼요)
draft-note-hint = 예: 신분증을 가지러 가셨어요
draft-drop-title = 그만 받기
draft-drop-what = 적은 것을 모두 지워요. 되돌릴 수 없어요.
draft-drop-do = 적은 것 지우기
done-draft-kept = 적은 만큼 보관했어요. 오늘 할 일에서 이어서 하세요.
done-draft-dropped = 적은 것을 지웠어요.
enrol-no-card = 지금은 안 만들어요
enrol-elsewhere-known = 비슷한 분은 이 창구가 볼 수 있는 기록에서만 찾아요. 다른 동의 기록은 시 전체 창구가 나중에 맞춰 봐요.
done-enrolled-no-card = { $name }님을 받았어요.

# 인계
handover-title = 동료에게 넘기기
handover-to = 누구에게
handover-why = 무엇을 이어서 하면 되나요
handover-why-hint = 한 문장으로 적어 주세요. 두 사람만 봐요.
handover-do = 넘기기
handover-nobody = 넘겨받을 동료가 없어요
handover-nobody-how = 이 분을 볼 수 있는 다른 창구 직원이 생기면 여기에 보여요.
handover-given = 내가 넘긴 일
handover-draft = 받다가 멈춘 분
handover-offered = 아직 받지 않았어요.
handover-taken = 동료가 받아서 하고 있어요.
handover-on-its-way = 동료에게 넘겼고, 아직 받지 않았어요.
handover-accept-do = 받기
handover-end-do = 다 했어요
handover-back-do = 넘긴 일 취소하기
done-handed = 동료에게 넘겼어요. 받을 때까지 여기에 보여요.
done-accepted = 넘겨받았어요.
done-ended = 목록에서 뺐어요.
persona-counter = 시청 민원실 창구에서 동 주민센터가 넘긴 일을 이어서 해요.
colleague = { $place } · { $role } · { $code }

refusal-draft-unknown = 그런 기록이 없어요
    .why = 이미 받았거나 지웠거나, 이 창구의 것이 아니에요.
    .remedy = 오늘 할 일에서 다시 골라 주세요.
refusal-draft-empty = 아직 적은 것이 없어요
    .why = 이름, 태어난 날, 전화번호, 알아 둘 것 가운데 하나는 있어야 보관해요.
    .remedy = 하나라도 적고 다시 눌러 주세요.
refusal-draft-form = 보관할 수 없는 글이 있어요
    .why = 칸마다 한 줄, { $most }자까지 적을 수 있어요.
    .remedy = 줄여서 다시 적어 주세요.
refusal-handover-unknown = 그런 인계가 없어요
    .why = 넘긴 사람과 받는 사람만 볼 수 있어요.
    .remedy = 오늘 할 일에서 다시 골라 주세요.
refusal-handover-self = 나에게는 넘길 수 없어요
    .why = 이미 내가 하고 있는 일이에요.
    .remedy = 다른 동료를 골라 주세요.
refusal-handover-open = 이미 넘긴 일이에요
    .why = 동료가 아직 받지 않았거나 하고 있어요.
    .remedy = ‘내가 넘긴 일’에서 취소한 다음 다시 넘겨 주세요.
refusal-handover-over = 이미 끝난 인계예요
    .why = 받았거나, 취소했거나, 다 한 일이에요.
    .remedy = 더 하지 않아도 돼요.
refusal-handover-nobody = 이 동료는 받을 수 없어요
    .why = 창구 직원이 아니거나, 이 분을 볼 수 있는 창구가 아니에요.
    .remedy = 목록에 있는 동료를 골라 주세요.
