-- meaning: Who exchanged what with whom, as the files say
-- grain: one row per row of input
-- role: coordinator
-- parameters: none
-- returns: staging.exchange
select
    sha256, part, line, source, received_at,
    staging.clean(from_party) as from_party,
    staging.clean(to_party) as to_party,
    staging.clean(topic) as topic,
    case
        when lower(staging.clean(kind)) in ('bezoek', 'werkbezoek') then 'visit'
        when lower(staging.clean(kind)) in ('overgenomen', 'overname') then 'adopted'
        when lower(staging.clean(kind)) in ('hulp', 'hulpvraag', 'ondersteuning') then 'help'
        else lower(staging.clean(kind))
    end as kind,
    happened_on
from feeds.exchange
