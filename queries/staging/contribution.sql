-- meaning: What people asked and gave, as the files say
-- grain: one row per row of input; of rows with an id of their own those of the last file that tells it
-- role: coordinator
-- parameters: none
-- returns: staging.contribution
select
    sha256, part, line, source, received_at,
    staging.identity_of(
        source, external_id, full_name, given_name, family_name, email, linkedin_url, sha256
    ) as identity,
    coalesce(organisation, unit, job_title, audience, country, region) is not null as has_trait,
    external_id, full_name, given_name, family_name, email, linkedin_url,
    staging.clean(organisation) as organisation,
    staging.clean(unit) as unit,
    staging.clean(job_title) as job_title,
    staging.clean(audience) as audience,
    staging.clean(country) as country,
    staging.clean(region) as region,
    hash(event_id, title, sha256) as occasion,
    staging.clean(text) as text,
    case
        when lower(staging.clean(kind)) in ('vraag') then 'question'
        when lower(staging.clean(kind)) in ('thema') then 'theme'
        when lower(staging.clean(kind)) in ('reactie', 'opmerking') then 'feedback'
        when lower(staging.clean(kind)) in ('praktijkcasus', 'casus') then 'practice_case'
        else lower(staging.clean(kind))
    end as kind,
    staging.clean(question) as question,
    staging.clean(theme) as theme,
    staging.clean(event_id) as event_id,
    staging.clean(title) as title,
    staging.clean(working_group) as working_group,
    contributed_at,
    staging.clean(document) as document
from feeds.contribution
where entry_id is null
    or {'source': source, 'entry': entry_id, 'at': received_at, 'file': sha256} in (
        select {'source': source, 'entry': entry_id, 'at': max(received_at), 'file': arg_max(sha256, {'at': received_at, 'file': sha256})}
        from feeds.contribution
        where entry_id is not null
        group by source, entry_id
    )
