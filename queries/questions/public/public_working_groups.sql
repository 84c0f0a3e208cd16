-- meaning: How many members each working group had at the end of a quarter, as published
-- grain: one row per working group and quarter in which it was published
-- role: public
-- parameters: none
-- returns:
--   working_group text: Working group
--   period_end date: Last day of the quarter
--   members integer persons: Rounded; empty when it is hidden
--   shown text: As published, such as 240 or <10
select working_group, period_end, members, shown
from published.members_working_group
order by period_end, working_group
