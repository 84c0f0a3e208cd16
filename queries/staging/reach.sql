-- meaning: How many a channel reached on a day, as the files say
-- grain: one row per row of input
-- role: coordinator
-- parameters: none
-- returns: staging.reach
select
    sha256, part, line, source, received_at,
    staging.clean(channel) as channel,
    staging.clean(measure) as measure,
    lower(staging.clean(kind)) as kind,
    measured_on, value
from feeds.reach
