# 화면의 글. 금액은 단위까지, 날짜는 요일까지 갖추어 들어온다.
# 이 파일에는 모든 화면이 함께 쓰는 틀이 있고, 방마다 파일이 하나씩 있다.

product = 온고을
skip = 본문으로 바로가기
look = 화면
look-large = 큰 글씨
look-contrast = 고대비
look-system = 기기 설정대로
look-light = 밝은 화면
look-dark = 어두운 화면
nav-label = 내 메뉴
nav-town = 오늘의 도시
nav-wallet = 지갑
nav-large = 큰 글씨 지갑
nav-history = 쓴 내역
nav-me = 내 기록
nav-looks = 누가 봤나요
nav-desk-looks = 검토·질문
nav-inspection = 열람 점검
nav-shop = 가게
nav-till = 계산대
nav-desk = 카드 운영
nav-group-deals = 함께하기
nav-group-shops = 가게
nav-group-records = 기록·기관
nav-group-mine = 내 정보
nav-group-tools = 연결·확인
nav-books = 장부
nav-clerk = 창구
role-citizen = 시민
role-merchant = 가게 주인
role-till = 가게 직원
role-clerk = 창구 직원
role-officer = 시청 담당자
role-auditor = 감사 담당자
foot-help = 도움이 필요하면 전화하세요
foot-api = 프로그램에서 쓰기 (API)
foot-what = { $city }의 지역화폐와 캐시백을 운영해요.
scale-label = 도시 크기
notice-label = 알림
scale-notice = 축소 도시 (1/{ $scale }) · 예산과 한도도 그만큼 줄였어요.

alert-done = 됐어요
alert-info = 알아 두세요
alert-warning = 주의하세요
alert-danger = 안 됐어요
alert-source = 근거
alert-next = 이렇게 해 보세요.
alert-code = 전화할 때 불러 주세요:
errors-title = 고칠 곳이 있어요
busy-again = 다시 열기
request-id = 요청 번호
go-back = 돌아가기
call = { $phone } 전화하기
print = 인쇄하기
scan = 코드 찍기
as-table = 표로 보기
amount = 금액
day = 날짜
left = 남은 돈
none = 없음

title-not-paid = 결제하지 못했어요
title-not-found = 찾는 화면이 없어요
title-not-allowed = 볼 수 없는 화면이에요
title-failed = 잠시 문제가 생겼어요
title-refused = 처리하지 못했어요

nav-access = 권한

nav-tokens = 열쇠
