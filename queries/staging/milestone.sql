-- meaning: What is worth marking on the time axis, as the files say
-- grain: one row per row of input
-- role: coordinator
-- parameters: none
-- returns: staging.milestone
select
    sha256, part, line, source, received_at,
    staging.clean(title) as title,
    case
        when lower(staging.clean(kind)) in ('opbrengst', 'oogst', 'verslag') then 'yield'
        when lower(staging.clean(kind)) in ('publicatie', 'uitgave') then 'publication'
        when lower(staging.clean(kind)) in ('conferentie', 'werkconferentie', 'congres') then 'conference'
        when lower(staging.clean(kind)) in ('doel', 'streefcijfer', 'doelstelling') then 'target'
        else lower(staging.clean(kind))
    end as kind,
    happened_on,
    staging.clean(event_id) as event_id,
    staging.clean(metric) as metric,
    value,
    staging.clean(owner) as owner
from feeds.milestone
