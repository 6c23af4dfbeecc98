# Coupons, sale days, and incentives let out in parts.
