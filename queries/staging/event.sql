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
    case
        when lower(staging.clean(mode)) in ('op locatie', 'fysiek', 'in-person', 'on site') then 'in person'
        when lower(staging.clean(mode)) in ('hybride') then 'hybrid'
        when lower(staging.clean(mode)) in ('digitaal', 'virtueel', 'virtual') then 'online'
        else lower(staging.clean(mode))
    end as mode,
    staging.clean(place) as place,
    staging.clean(theme) as theme,
    staging.clean(series) as series,
    headcount, headcount_is_approximate,
    case
        when lower(staging.clean(status)) in ('bevestigd', 'gaat door', 'definitief') then 'confirmed'
        when lower(staging.clean(status)) in ('geannuleerd', 'afgelast', 'vervallen', 'canceled', 'gaat niet door') then 'cancelled'
        when lower(staging.clean(status)) in ('onder voorbehoud', 'voorlopig', 'optie', 'concept') then 'tentative'
        else coalesce(lower(staging.clean(status)), 'confirmed')
    end as status,
    staging.clean(url) as url
from feeds.event
