# 체험: 누가 되어 볼지, 시계, 5분 둘러보기.

demo = 체험
demo-label = 체험 조작
demo-who = 다른 사람 되기
demo-pause = 멈추기
demo-run = 다시 흐르기
demo-time = 시간
demo-speed = { $speed }배
demo-jump = { $day }로 가기
demo-pace = 1분에 { $count }건
demo-pace-life = 이 시각 이 도시 사람들이 쓰는 만큼, 시계 빠르기대로 결제해요.
demo-pace-lively = 구경하기 좋게, 실제보다 { $times }배 자주 결제해요. 시계를 빠르게 하면 결제도 그만큼 늘어요.
demo-pace-bound = 시계는 { $speed }배로 가지만, 결제는 { $times }배만큼만 늘어요.
demo-leap = { $day }까지 하루하루 지나는 중
demo-stay = 여기서 멈추기
demo-look = 새로 보기
jump-new-month = 한도가 새로 생겨요
jump-month-end = 이번 달 마지막 날
jump-rule-change = 규칙이 바뀌어요
jump-half-year = 하반기가 시작돼요

enter-title = 누가 되어 볼까요
enter-next = 들어가면 열려던 화면으로 바로 가요.
enter-demo = 체험이에요.
enter-demo-what = { $city }의 사람과 가게는 모두 지어낸 것이고, 돈도 진짜가 아니에요.

tour-label = 5분 둘러보기
tour-step = { $all }걸음 가운데 { $step }
tour-next = 다음으로 가기
tour-end = 마치기
tour-skip-step = 이 걸음 건너뛰기
tour-stop = 그만 보기
tour-1-title = 78세 시민이 시장에서 12,000원을 내요
tour-1-text = 플라스틱 { $card }예요. 가게가 카드 번호를 찍으면 끝나요. 가게 계산대에서 12,000원을 받아 보세요.
tour-1-do = 금액과 카드 번호가 적혀 있어요. ‘카드로 받기’를 눌러 보세요.
tour-1-done = 12,000원을 냈어요. 앱도 비밀번호도 필요 없었어요.
tour-short = 이 시민의 카드에 { $left }만 남아 12,000원을 낼 수 없어요. 먼저 자기 통장에서 { $top_up }을 충전해요.
tour-top-up = { $amount } 충전하기
tour-2-title = 가게가 듣고, 내일 들어올 돈을 봐요
tour-2-text = 결제되면 가게에 소리로 알려요. 맨 위에는 내일 통장에 들어올 돈이 있어요.
tour-2-do = 맨 위 숫자를 보고, ‘다시 듣기’를 눌러 보세요.
tour-2-done = 방금 받은 돈이 내일 들어올 돈에 더해졌어요.
tour-3-title = 캐시백이 오고, 까닭을 말해요
tour-3-text = 시민의 지갑이에요. 쓴 돈에 캐시백이 붙었고, 왜 그만큼인지 적혀 있어요.
tour-3-do = 방금 결제를 눌러 영수증을 열어 보세요.
tour-3-done = 돈이 움직인 길과 그 근거가 한 장에 있어요.
tour-4-title = 담당자가 10%를 8%로 바꿔 봐요
tour-4-text = 바꾸기 전에 지난 30일의 실제 결제로 미리 해 봐요. 아무것도 바뀌지 않아요.
tour-4-do = 적립 비율에 8이 적혀 있어요. ‘미리 해 보기’를 눌러 보세요.
tour-4-done = 얼마가 덜 드는지, 누가 덜 받는지 보여요.
tour-5-title = 모르는 사람이 장부에서 그 결제를 찾아요
tour-5-text = 장부에는 이름이 없어요. 그래도 누구나 결제가 제대로 적혔는지 볼 수 있어요.
tour-5-do = ‘찾기’를 눌러 처음의 12,000원을 찾아보세요.
tour-5-done = 처음의 결제를 찾았어요. 이제 마음대로 둘러보세요.

done-jumped = { $day }이 됐어요.

persona-newcomer = 휴대전화 카드를 막 만들었어요. 아직 아무 일도 없었어요.
persona-citizen = 78세, 플라스틱 카드로 시장에서 장을 봐요. 비밀번호는 1234예요.
persona-merchant = 작은 반찬 가게의 주인이에요. 내일 들어올 돈이 궁금해요.
persona-till = 계산대를 맡은 직원이에요. 매출은 보지 않아요.
persona-clerk = 동 주민센터 창구에서 카드를 찾아 주고 새로 만들어 줘요.
persona-officer = 카드 담당 공무원이에요. 캐시백 예산과 규칙을 돌봐요.
persona-auditor = 장부가 맞는지 살펴봐요.

persona-access = 권한 담당 공무원이에요. 누가 무슨 일을 맡을지 정하고, 다른 사람이 준 역할을 확인해요.
