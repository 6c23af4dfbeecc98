# 함께 사는 사람
household-title = 함께 사는 사람
household-me = 나
household-none = 함께 사는 분을 아직 적지 않았어요
household-none-how = 창구에서 누구와 사는지 말씀하시면 여기에 남아요.
household-size = { $count ->
        [1] 혼자 살아요
       *[other] { $count }명이 함께 살아요
    }
household-size-said = { $count ->
        [1] 혼자 산다고 알고 있어요
       *[other] { $count }명이 함께 산다고 알고 있어요
    }
household-counts-members = ‘{ $other }명’이라고 적은 것도 있지만, 한 명씩 적은 이쪽을 써요.
household-counts-paper = 한 명씩 적은 것은 { $other }명이에요. 그 뒤에 본 서류가 더 새로워서 서류를 써요.
household-elsewhere = 이 창구에서 볼 수 없는 사람 { $count }명
household-past = 지난 집 { $count }곳
household-was = { $relation } · { $from }부터 { $until }까지
household-since = { $relation } · { $from }부터
household-struck = { $relation } · { $from }부터 · 지웠어요: { $why }
relation-head = 세대주
relation-partner = 배우자
relation-child = 자녀
relation-parent = 부모
relation-kin = 친척
relation-housemate = 동거인
household-relation = 세대주와 어떤 사이인가요
household-who = 함께 사는 분
household-with = 누구의 집인가요
household-who-hint = 전화번호, 카드 번호나 번호(per_…)
household-from = 언제부터
household-last = 마지막으로 산 날
household-day-hint = 비워 두면 오늘이에요. 예: 2021-02-01
household-begin-title = 새 집으로 적기
household-begin-do = 세대주로 적기
household-join-title = 다른 분의 집에 넣기
household-join-do = 이 집에 넣기
household-add-title = 함께 사는 분 더하기
household-add-do = 더하기
household-change-title = 세대주와의 사이 바꾸기
household-change-from = 언제부터 그런가요
household-change-do = 바꾸기
household-leave-title = 이 집에서 나갔어요
household-leave-do = 나간 것으로 적기
household-strike-title = 잘못 적었으면 지우기
done-household-in = 함께 사는 것으로 적었어요.
done-household-as = 세대주와의 사이를 바꿨어요.
done-household-out = 나간 날을 적었어요. 지난 기록은 남아요.
told-household-changed = 함께 사는 사람의 기록이 바뀌었어요. 맞지 않으면 창구에 알려 주세요.
look-what-window-household = 창구에서 함께 사는 사람으로 봤어요
look-what-me-household = 함께 사는 사람이 가린 이름을 봤어요
refusal-household-none = 그분이 적힌 집이 없어요
    .why = 오늘 어느 집에도 적혀 있지 않은 분이에요.
    .remedy = 그분을 먼저 새 집의 세대주로 적어 주세요.
refusal-household-future = 아직 오지 않은 날이에요
    .why = { $day }은 아직 오지 않았어요. 누가 함께 사는지는 그날이 되어야 적을 수 있어요.
    .remedy = 오늘이나 지난 날짜로 적어 주세요.
refusal-household-head-already = 세대주가 이미 있어요
    .why = { $day }부터 다른 분이 세대주예요. 한 집에는 세대주가 한 분이에요.
    .remedy = 지금 세대주의 사이를 먼저 바꾸거나 나간 날을 적어 주세요.
refusal-household-full = 한 집에 더 적을 수 없어요
    .why = 한 집에는 { $most }명까지 적어요. 더 많으면 시설이에요.
    .remedy = 나간 분이 있으면 나간 날을 먼저 적어 주세요.
refusal-household-relation-day = 같은 날에 적은 사이예요
    .why = { $day }부터 지금 사이로 적혀 있어요. 바뀐 것이 아니라 잘못 적은 것이에요.
    .remedy = 잘못 적은 것을 지우고 다시 적어 주세요.
refusal-household-unknown = 그런 집이 없어요
    .why = 적어 보낸 번호의 집을 찾지 못했어요.
    .remedy = 그분의 집을 다시 조회해서 번호(hsh_…)를 확인해 주세요.
refusal-many-most = 한 번에 적기에는 너무 많아요
    .why = 한 번에 { $most }명까지 적어요. 그동안 다른 일이 기다리기 때문이에요.
    .remedy = 목록을 나누어 차례로 적어 주세요.

refusal-household-member-already = 이미 이 집의 식구예요
    .why = { $day }부터 식구로 적혀 있어요.
    .remedy = 날짜가 다르면 먼저 나간 날을 적어 주세요.
refusal-household-in-another = 다른 집의 식구로 적혀 있어요
    .why = { $day }부터 다른 집에 있어요. 한 사람은 한 집에만 있을 수 있어요.
    .remedy = 그 집에서 나간 날을 먼저 적어 주세요.
refusal-household-not-member = 이 집의 식구가 아니에요
    .why = { $day }에는 이 집에 적혀 있지 않아요.
    .remedy = 날짜와 집을 다시 봐 주세요.
