-- meaning: Hours that facilitators spent
-- grain: one row per entry
-- role: coordinator
-- parameters: none
-- returns: core.effort
select
    md5(concat_ws('|', sha256, line, part))::uuid as effort_id,
    kind, week, hours
from staging.effort
