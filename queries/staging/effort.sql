-- meaning: Hours that facilitators spent, as the files say
-- grain: one row per row of input
-- role: coordinator
-- parameters: none
-- returns: staging.effort
select
    sha256, part, line, source, received_at,
    lower(staging.clean(kind)) as kind,
    week, hours
from feeds.effort
