-- meaning: How many members the network had at the end of each quarter, as published
-- grain: one row per quarter that is over
-- role: public
-- parameters: none
-- returns:
--   period_start date: First day of the quarter
--   period_end date: Last day of the quarter
--   members integer persons: Rounded; empty when it is hidden
--   shown text: As published, such as 1285 or <10
select period_start, period_end, members, shown
from published.members_quarter
order by period_start
