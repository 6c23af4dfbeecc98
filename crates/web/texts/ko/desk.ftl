# 카드 운영: 예산, 한도, 규칙, 미리 해 보기.

desk-title = 카드 운영
desk-runs-out = 캐시백 예산은 { $day }에 떨어져요
desk-lasts = 캐시백 예산은 { $day }까지 남아요
desk-gone = 캐시백 예산을 다 썼어요
desk-rests = 캐시백 예산이 { $left } 남았어요
desk-pace = { $over ->
        [1] 어제 { $daily }쯤 적립됐어요.
        [14] 지난 2주 동안 하루에 { $daily }쯤 적립됐어요.
       *[other] 지난 { $over }일 동안 하루에 { $daily }쯤 적립됐어요.
    }
desk-left = { $left } 남았어요.
desk-quiet = { $over ->
        [0] 오늘 시작한 예산이라, 하루에 얼마씩 나가는지는 내일부터 보여요.
        [14] 지난 2주 동안 적립이 없어서 언제 떨어질지는 아직 몰라요.
       *[other] 지난 { $over }일 동안 적립이 없어서 언제 떨어질지는 아직 몰라요.
    }
desk-back = ← 카드 운영
burn-title = 예산이 줄어드는 모습
burn-sentence = { $total } 가운데 { $left } 남았어요. 점선은 이대로 갈 때예요.
burn-beside = 선결제 적립처럼 결제 때가 아닌 적립으로 { $beside }이 나가서, 선이 그만큼 낮게 시작해요.
caps-title = 한도
caps-people = { $at_limit ->
        [0] 이번 달에 적립받은 { $payers }명 가운데 한도를 다 쓴 사람은 아직 없어요.
       *[other] 이번 달에 적립받은 { $payers }명 가운데 { $at_limit }명이 한도를 다 썼어요.
    }
caps-city = 도시 전체로는 이번 달 한도 { $total } 가운데 { $used }({ $percent }%)을 썼어요.
caps-none = 지금은 도시 전체 한도가 없어요.
campaigns-title = 적립 규칙
campaigns-what = 규칙은 정해진 날부터 적용돼요. 지난 규칙도 그대로 남아 있어요.
campaign = 규칙
campaign-from = 기간
campaign-rate = 적립
campaign-person = 한 사람 한 달
campaign-city = 도시 한 달
campaign-source = 근거
state-now = 지금
state-ahead = 예정
state-past = 지남
rehearsal-ask = 규칙을 바꾸면 얼마가 들까요
rehearsal-what = 지난 30일의 실제 결제에 새 규칙을 대 봐요. 아무것도 바뀌지 않아요.
rehearsal-rate = 적립 비율
rehearsal-limit = 한 사람 한 달 한도
rehearsal-do = 미리 해 보기
rehearsal-title = 미리 해 본 결과
rehearsal-head = 적립을 { $now }에서 { $draft }로 바꾸면
rehearsal-less = 덜 들어요
rehearsal-more = 더 들어요
rehearsal-same = 차이가 없어요
rehearsal-basis = { $from }부터 { $until }까지 실제 결제 { $payments }건에 대 봤어요.
rehearsal-cost = 30일 동안 든 돈
rehearsal-as-is = 지금 { $rate } · 한도 { $limit }
rehearsal-as-draft = 바꾸면 { $rate } · 한도 { $limit }
rehearsal-ends-now = 지금대로면 예산이 { $day }에 떨어져요.
rehearsal-ends-draft = 바꾸면 { $day }에 떨어져요.
rehearsal-lasts-now = 지금대로면 예산이 기간 끝까지 남아요.
rehearsal-lasts-draft = 바꾸면 기간 끝까지 남아요.
rehearsal-caveat = 사람들이 똑같이 쓴다고 보고 계산했어요. 비율이 바뀌면 쓰는 돈도 달라질 수 있어요.
rehearsal-again = 다르게 해 보기
gain-bands = 많이 쓰는 사람과 적게 쓰는 사람
gain-band = 한 달에 쓴 돈
gain-trades = 업종마다
gain-trade = 업종
gain-places = 동네마다
gain-count = 사람 수
gain-now = 지금
gain-draft = 바꾸면
gain-change = 차이

field-rate = 0부터 20 사이의 숫자로 적어 주세요. 예: 8 또는 7.5

gain-others = 나머지 { $count }개 모두 보기
campaigns-others = 지난 규칙과 먼 규칙 { $count }개
desk-none = 지금은 쓸 수 있는 캐시백 예산이 없어요
rehearsal-head-limit = 한 사람 한 달 한도를 바꾸면
rehearsal-as-is-free = 지금 { $rate } · 한도 없음
rehearsal-as-draft-free = 바꾸면 { $rate } · 한도 없음
rehearsal-people = { $more ->
        [0] { $less }명은 덜 받고, { $same }명은 같아요. 더 받는 사람은 없어요.
       *[other] { $less }명은 덜 받고, { $more }명은 더 받고, { $same }명은 같아요.
    }
rehearsal-note-checked = 지난 결제를 그때 규칙으로 다시 정해 보니 모두 기록과 같았어요.
rehearsal-note-changed = { $day }에 규칙이 바뀌었어요. ‘지금’은 그 앞뒤로 실제로 적립된 돈이에요.
rehearsal-note-budget = 이 기간에 예산이 모자라 적립이 깎인 결제가 있어요. 바꾼 규칙도 같은 예산 안에서 계산했어요.
rehearsal-wrong = 다시 정한 결과가 기록과 달라요
rehearsal-wrong-first = 다른 기록이 { $count }건 있어요. 첫 번째는 기록 { $number }: 적힌 적립은 { $recorded }, 다시 정하면 { $again }이에요.
rehearsal-running = 지난 30일의 결제를 다시 정해 보고 있어요
rehearsal-progress = 기록 { $all }건 가운데 { $done }건을 봤어요.
rehearsal-waiting = 먼저 시작한 계산이 끝나기를 기다리고 있어요.
rehearsal-running-what = 끝나면 이 화면에 결과가 나와요.
gain-shops = 가게 수
gain-elsewhere = 다른 곳에 사는 사람
gain-band-under = { $to } 아래
gain-band-between = { $from }부터 { $to }까지
gain-band-over = { $from }부터
field-limit = 0원부터 { $most }까지 숫자로 적어 주세요. 예: 300,000

refusal-rehearsal-busy = 지금 다른 계산이 많아요
    .why = 지난 결제를 다시 정하는 데 시간이 걸려요.
    .remedy = 잠시 뒤에 같은 값으로 다시 해 보세요. 이미 시작한 계산은 이어져요.
refusal-rate-range = 이 비율로는 해 볼 수 없어요
    .why = 비율은 0부터 10,000까지의 베이시스포인트예요(800은 8%).
    .remedy = 그 사이의 값을 적어 주세요.
