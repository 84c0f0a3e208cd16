-- meaning: Which rows of input could not be used, and why
-- grain: one row per refused row
-- role: coordinator
-- parameters:
--   file text = null: One file; none means all
-- returns:
--   file text: Name as received
--   line integer: Line in the file
--   column text: Column at fault
--   reason text: What is wrong
--   sha256 text: Fingerprint of the file
select file, line, column_name as "column", reason, sha256
from core.refused_row
where $file::varchar is null or file = $file::varchar
order by file, line, column_name nulls first, reason, number
