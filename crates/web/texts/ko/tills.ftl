# 계산대 연동, 웹훅, 부정 유통 확인.

poster-open = 계산대 코드 인쇄
poster-title = 계산대에 두는 코드
poster-member = 카드 가맹점
poster-how = 휴대폰 카메라로 찍고, 금액을 적으면 { $card }로 결제돼요.
poster-other = 다른 지갑 앱으로 찍는 코드
poster-other-how = 같은 가게의 코드를 표준 형식(EMVCo)으로 적었어요. 휴대폰 카메라로는 열리지 않아요.
poster-text = 코드에 적힌 글
