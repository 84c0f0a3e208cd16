-- meaning: What is worth marking on the time axis, as the files say
-- grain: one row per row of input
-- role: coordinator
-- parameters: none
-- returns: staging.milestone
select
    sha256, part, line, source, received_at,
    staging.clean(title) as title,
    lower(staging.clean(kind)) as kind,
    happened_on,
    staging.clean(event_id) as event_id,
    staging.clean(metric) as metric,
    value,
    staging.clean(owner) as owner
from feeds.milestone
