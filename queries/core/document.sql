-- meaning: Versions of living documents and comments on them
-- grain: one row per version or comment
-- role: coordinator
-- parameters: none
-- returns: core.document
select
    md5(concat_ws('|', sha256, line, part))::uuid as document_id,
    document, version, audience, published_on, received_on, status, decided_on
from staging.document
