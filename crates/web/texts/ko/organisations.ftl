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
