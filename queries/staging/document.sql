-- meaning: Versions of living documents and comments on them, as the files say
-- grain: one row per row of input
-- role: coordinator
-- parameters: none
-- returns: staging.document
select
    sha256, part, line, source, received_at,
    staging.clean(document) as document,
    staging.clean(version) as version,
    staging.clean(audience) as audience,
    published_on, received_on,
    case
        when lower(staging.clean(status)) in ('overgenomen', 'aanvaard') then 'accepted'
        when lower(staging.clean(status)) in ('niet overgenomen', 'afgewezen') then 'declined'
        when lower(staging.clean(status)) in ('verwerkt', 'beantwoord', 'afgehandeld') then 'handled'
        else lower(staging.clean(status))
    end as status,
    decided_on
from feeds.document
