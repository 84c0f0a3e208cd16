-- meaning: Every row of input that could not be used, and why
-- grain: one row per refused row
-- role: coordinator
-- parameters: none
-- returns: staging.refused_row
select sha256, file, line, column_name, reason
from feeds.refused_row
