# 기관, 가구, 사업체, 봉인된 칸.

role-organisation = 기관 담당자
nav-organisation = 우리 기관

refusal-organisation-unknown = 그런 기관이 없어요
    .why = 이 도시의 기관 가운데에서 찾지 못했어요.
    .remedy = 기관을 다시 골라 주세요.
refusal-organisation-name = 이 이름은 쓸 수 없어요
    .why = 기관 이름은 한 줄에 1자부터 100자까지예요.
    .remedy = 이름을 다시 적어 주세요.
refusal-organisation-already = 이미 있는 기관이에요
    .why = 이름이 같은 기관이 있거나, 하나만 있을 수 있는 기관이에요.
    .remedy = 기관 목록에서 찾아 주세요.
refusal-organisation-ended = 이미 문을 닫은 기관이에요
    .why = 마지막 날이 정해져 있어요.
    .remedy = 새로 필요하면 새 기관으로 올려 주세요.
refusal-organisation-members-to-come = 곧 들어올 구성원이 있어요
    .why = 마지막 날보다 뒤에 들어오기로 한 구성원이 있어요.
    .remedy = 그 날이 지난 뒤에 닫아 주세요.
refusal-organisation-circle = 서로를 품을 수는 없어요
    .why = 이 기관이 이미 그 단체 안에 들어 있어요.
    .remedy = 어느 쪽이 큰 단체인지 다시 봐 주세요.
refusal-business-unknown = 그런 사업체가 없어요
    .why = 등록된 사업체 가운데에서 찾지 못했어요.
    .remedy = 사업자등록번호를 다시 확인하거나, 먼저 사업체를 올려 주세요.
refusal-business-name = 이 이름은 쓸 수 없어요
    .why = 사업체 이름은 한 줄에 1자부터 100자까지예요.
    .remedy = 이름을 다시 적어 주세요.
refusal-business-known = 이미 올라 있는 사업체예요
    .why = 사업자등록번호가 같은 사업체가 있어요.
    .remedy = 그 번호로 찾아서 이어 가 주세요.
refusal-business-owner-already = 이미 그 사람이 대표예요
    .why = 바뀌는 것이 없어요.
    .remedy = 새 대표를 다시 골라 주세요.

nav-organisations = 기관
organisations-title = 기관
organisations-none = 아직 기관이 없어요.
organisations-windows = 동마다 있는 창구 { $count }곳
organisations-found = 새 기관 올리기
organisations-found-do = 기관 올리기
organisation-kind = 종류
organisation-kind-department = 시의 부서
organisation-kind-window = 동 창구
organisation-kind-agency = 협력기관
organisation-kind-community-chest = 공동모금회
organisation-kind-association = 단체
organisation-name = 이름
organisation-english = 영어 이름
organisation-english-hint = 없으면 비워 두세요.
organisation-since = { $day }부터
organisation-until = { $day }까지
organisation-closed = 문을 닫았어요
organisation-closed-on = { $day }에 닫았어요
organisation-part-of = { $name } 안에 들어 있어요.
organisation-firms = { $count ->
    [0] 회원사 없음
   *[other] 회원사 { $count }곳
}
organisation-firms-all = { $count ->
    [0] 회원사 없음
   *[other] 회원사 { $count }곳
}
organisation-through = 이 가운데 { $count }곳은 안에 있는 단체의 회원사예요. 여러 단체에 든 회원사도 한 곳으로 봐요.
organisation-no-members = 아직 회원사가 없어요. 사업자등록번호로 올려 주세요.
organisation-members-list = 회원 보기
organisation-more = 이 밖에 { $count }곳이 더 있어요.
organisation-leave = 내보내기
organisation-leave-one = { $name } 내보내기
organisation-join = 회원사나 단체 올리기
organisation-join-do = 올리기
organisation-member = 사업자등록번호, 또는 단체 이름
organisation-member-hint = 번호는 숫자 10자리예요.
organisation-firm-name = 회원사 이름
organisation-firm-name-hint = 처음 올리는 회원사일 때만 적어 주세요.
organisation-trade = 업종
organisation-staff = 담당 직원
organisation-people = { $count }명
organisation-id = 기관 번호
organisation-close = 이 기관 닫기
organisation-close-what = 오늘이 마지막 날이 되고, 이 기관의 담당자는 곧바로 나가게 돼요. 지난 기록은 그대로 남아요.
organisation-close-do = 오늘로 닫기
organisation-did-founded = 새 기관을 올렸어요.
organisation-did-joined = 회원으로 올렸어요.
organisation-did-left = 오늘을 마지막 날로 적었어요.
organisation-did-closed = 오늘로 기관을 닫았어요.
field-member-unknown = 등록된 사업자등록번호나 단체 이름이 아니에요. 처음 올리는 회원사라면 이름도 적어 주세요.
field-member-number = 사업자등록번호가 맞지 않아요. 숫자 10자리를 다시 확인해 주세요.
persona-chest = 모인 기부금을 맡아서 쓰고 알려요.
persona-association = 회원사를 돌보고 함께 선결제를 모아요.
about-firms = { $count ->
    [0] 회원사 없음
   *[other] 회원사 { $count }곳
}

access-organisation = 단체
access-organisation-hint = 단체나 기관의 담당자 역할에만 필요해요.
access-no-organisation = 단체 없음
api-tag-organisations = 단체와 사업체

refusal-organisation-closed = 그날에는 없는 기관이에요
    .why = { $day }에는 아직 생기지 않았거나 이미 닫은 곳이에요.
    .remedy = 날짜를 고치거나 다른 기관을 골라 주세요.
refusal-organisation-member-kind = 이 기관에는 들어갈 수 없어요
    .why = 사업체와 기관은 협회에만 들어갈 수 있어요. 다른 곳에는 사람만 들어가요.
    .remedy = 협회를 고르거나 사람을 골라 주세요.
refusal-organisation-member-already = 이미 들어 있어요
    .why = { $day }부터 이 기관에 들어 있어요.
    .remedy = 날짜가 다르면 먼저 나간 날을 적어 주세요.
refusal-organisation-not-member = 이 기관에 들어 있지 않아요
    .why = { $day }에는 이 기관에 들어 있지 않아요.
    .remedy = 날짜와 기관을 다시 봐 주세요.
