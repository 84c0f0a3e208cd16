-- meaning: How many a channel reached on a day, as the files say
-- grain: one row per row of input
-- role: coordinator
-- parameters: none
-- returns: staging.reach
select
    sha256, part, line, source, received_at,
    case
        when lower(staging.clean(channel)) in ('linkedin-groep', 'linkedin groep', 'linkedin group') then 'linkedin_group'
        when lower(staging.clean(channel)) in ('linkedin-pagina', 'linkedin pagina', 'linkedin page') then 'linkedin_page'
        when lower(staging.clean(channel)) in ('nieuwsbrief') then 'newsletter'
        else staging.clean(channel)
    end as channel,
    staging.clean(measure) as measure,
    case
        when lower(staging.clean(kind)) in ('stand', 'voorraad') then 'stock'
        when lower(staging.clean(kind)) in ('stroom', 'nieuw') then 'flow'
        else lower(staging.clean(kind))
    end as kind,
    measured_on, value
from feeds.reach
