# Good prepayment, and pledges.
