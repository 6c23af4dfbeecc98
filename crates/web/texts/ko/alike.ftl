# 같은 분일 수 있는 두 기록: 동 창구는 볼 수 없어서 시 전체를 보는 창구가 맞춰 봐요.

pairs-title = 같은 분일 수 있는 기록
pairs-some = 같은 분일 수 있는 기록이 { $count }쌍 있어요
pairs-none = 맞춰 볼 기록이 없어요
pairs-what = 새로 받은 분과 비슷한 기록이 다른 동에 있어요. 동 창구는 다른 동의 기록을 볼 수 없어서 여기에서 맞춰 봐요. 이어도 두 기록은 그대로 남고, 다시 나눌 수 있어요.
pairs-empty = 맞춰 볼 기록이 없어요.
pairs-empty-how = 동 창구에서 새로 받은 분과 비슷한 기록이 다른 동에 있으면 여기에 보여요.
pairs-since = { $time }부터 기다려요
pairs-why = 같은 분인 것을 어떻게 확인했나요
pairs-why-hint = 예: 오셔서 신분증과 두 기록을 맞춰 봤어요
pairs-same = 같은 분으로 잇기
pairs-same-one = { $one }님과 { $other }님을 같은 분으로 잇기
pairs-others = 다른 분으로 두기
pairs-others-one = { $one }님과 { $other }님을 다른 분으로 두기
pairs-task = 같은 분일 수 있는 기록
pairs-task-what = { $count }쌍이 기다려요. 같은 분인지 보고 이어 주세요.
done-alike-same = 두 기록을 이었어요. 이제 한 분으로 봐요.
done-alike-others = 다른 분으로 적었어요. 다시 묻지 않아요.
look-what-window-alike = 두 기록이 같은 분인지 맞춰 봤어요
refusal-alike-unknown = 기다리는 두 기록이 아니에요
    .why = 이미 답했거나, 이어졌거나, 맞춰 볼 일이 없는 기록이에요.
    .remedy = 목록을 다시 열어 주세요.
