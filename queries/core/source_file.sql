-- meaning: Every file that was received, and what became of it
-- grain: one row per landed file
-- role: coordinator
-- parameters: none
-- returns: core.source_file
select
    sha256, staging.file_id(sha256) as file_id, file, source, format, feeds, received_at, rows_read, rows_used, rows_rejected, rows_hidden,
    status, reason, warnings, newest_on
from staging.source_file
