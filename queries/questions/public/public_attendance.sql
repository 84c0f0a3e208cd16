-- meaning: How many different people came to each kind of meeting in each quarter, as published
-- grain: one row per kind of meeting and quarter that is over
-- role: public
-- parameters: none
-- returns:
--   kind text: Kind of meeting; empty when it has none
--   period_start date: First day of the quarter
--   period_end date: Last day of the quarter
--   sessions integer meetings: Meetings of this kind
--   participants integer persons: Rounded; empty when it is hidden, not known, or there was no meeting
--   shown text: As published: a number, <10, - when there was no meeting, empty when it is not known
select kind, period_start, period_end, sessions, participants, shown
from published.attendance_quarter
order by kind, period_start
