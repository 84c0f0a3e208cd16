-- meaning: Which published figures came out differently later: what was published, what it became, and why
-- grain: one row per change, the newest first
-- role: coordinator
-- parameters: none
-- returns:
--   question text: Question that tells the figure
--   row_key text: Which figure: its group or kind of meeting, and its last day
--   published integer persons: The exact figure when it was published; empty when it was not known
--   current integer persons: What it became; empty when it is not known
--   reason text: What happened in between
--   changed_at timestamp UTC: When it was first seen
--   status text: stands, back (as published again), replaced (by a later one) or corrected in public
--   shown text: As everyone sees it, such as 240 or <10
--   label text: Working group or kind of meeting; empty means the network
--   period_end date: Last day that the figure tells of
--   published_on date: Day it was published
--   causes text: The reason for machines, as JSON
select
    question, row_key, published, current, reason, changed_at, status, shown, label, period_end, published_on, causes
from core.restatement
order by changed_at desc, period_end desc, question, row_key, number desc
