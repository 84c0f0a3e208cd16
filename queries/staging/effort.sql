-- meaning: Hours that facilitators spent, as the files say
-- grain: one row per row of input
-- role: coordinator
-- parameters: none
-- returns: staging.effort
select
    sha256, part, line, source, received_at,
    case
        when lower(staging.clean(kind)) in ('voorbereiden', 'voorbereiding', 'preparation') then 'prepare'
        when lower(staging.clean(kind)) in ('begeleiden', 'bijeenkomst', 'hosting') then 'host'
        when lower(staging.clean(kind)) in ('gesprek', 'gesprekken', 'een-op-een', 'één-op-één', 'one-to-one') then 'one_to_one'
        when lower(staging.clean(kind)) in ('proces', 'procesbegeleiding') then 'process'
        when lower(staging.clean(kind)) in ('administratie') then 'admin'
        else lower(staging.clean(kind))
    end as kind,
    week, hours
from feeds.effort
