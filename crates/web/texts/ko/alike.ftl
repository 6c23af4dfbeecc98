# 한 분일 수 있는 두 기록: 동 창구는 볼 수 없어서 시 전체를 보는 창구가 맞춰 봐요.

pairs-title = 한 분일 수 있는 기록
pairs-some = 한 분일 수 있는 기록이 { $count }쌍 있어요
pairs-none = 맞춰 볼 기록이 없어요
pairs-what = 한 동에서 받은 분과 다른 동의 기록이 닮았어요. 그 동의 창구는 다른 동에 닮은 기록이 있는지 몰라요. 한 분이면 두 기록을 이어요. 기록은 그대로 남고, 다시 나눌 수 있어요.
pairs-empty = 맞춰 볼 기록이 없어요.
pairs-empty-how = 창구가 새로 받은 분이 다른 동에도 있는 것 같으면 여기에 보여요.
pairs-since = { $time }부터 기다려요
pairs-why = 한 분인 것을 무엇으로 알았나요
pairs-why-hint = 예: 두 분의 신분증을 맞춰 보았어요
pairs-same = 한 분이에요, 잇기
pairs-same-one = { $one }님과 { $other }님은 한 분이에요, 잇기
pairs-others = 다른 분들이에요
pairs-others-one = { $one }님과 { $other }님은 다른 분들이에요
pairs-task = 한 분일 수 있는 기록
pairs-task-what = { $count }쌍이 기다려요. 한 분인지 보고 이어 주세요.
done-alike-same = 두 기록을 이었어요. 이제 한 분으로 세요.
done-alike-others = 다른 분들로 적었어요. 다시 묻지 않아요.
look-what-window-alike = 두 기록이 한 분인지 맞춰 봤어요
refusal-alike-unknown = 기다리는 두 기록이 아니에요
    .why = 이미 답했거나, 이어졌거나, 맞춰 볼 일이 없는 기록이에요.
    .remedy = 목록을 다시 열어 주세요.
