-- meaning: Meetings on the agenda, as the files say
-- grain: one row per row of input
-- role: coordinator
-- parameters: none
-- returns: staging.event
select
    sha256, part, line, source, received_at,
    staging.clean(event_id) as event_id,
    staging.clean(title) as title,
    starts_at, ends_at,
    lower(staging.clean(kind)) as kind,
    staging.clean(working_group) as working_group,
    staging.clean(audience) as audience,
    lower(staging.clean(mode)) as mode,
    staging.clean(place) as place,
    staging.clean(theme) as theme,
    staging.clean(series) as series,
    headcount, headcount_is_approximate,
    coalesce(lower(staging.clean(status)), 'confirmed') as status,
    staging.clean(url) as url
from feeds.event
