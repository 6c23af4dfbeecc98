# 창구의 한 페이지, 인계, 두 사람 확인.

account-ways = 들어오는 방법
account-passkeys = 패스키
account-passkeys-what = 휴대전화나 열쇠 장치로 바로 들어와요. 새로 만들거나 지울 수 있어요.
account-links = 다른 기관의 로그인
account-links-what = 이 계정에 이어 둔 다른 기관의 로그인을 보고 끊을 수 있어요.
