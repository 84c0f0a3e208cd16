-- meaning: Versions of living documents and comments on them, as the files say
-- grain: one row per row of input
-- role: coordinator
-- parameters: none
-- returns: staging.document
select
    sha256, part, line, source, received_at,
    staging.clean(document) as document,
    staging.clean(version) as version,
    published_on, received_on,
    lower(staging.clean(status)) as status,
    decided_on
from feeds.document
