-- meaning: What is worth marking on the time axis, and what is aimed for
-- grain: one row per milestone
-- role: communication
-- parameters: none
-- returns:
--   title text: What happened or is aimed for
--   kind text: yield, publication, conference or target
--   happened_on date: Day it happened or is due
--   owner text: Who owns the target
--   value number: Value of a target
--   metric text: Metric of a target
--   session_id id: Meeting it belongs to
select title, kind, happened_on, owner, value, metric, session_id
from core.milestone
order by happened_on, title, milestone_id
