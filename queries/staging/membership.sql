-- meaning: Who says to be a member of the network or of a working group, as the files say
-- grain: one row per row of input; of rows with an id of their own those of the last file that tells it
-- role: coordinator
-- parameters: none
-- returns: staging.membership
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
    staging.clean(working_group) as working_group,
    joined_on, left_on,
    staging.clean(role) as role
from feeds.membership
where entry_id is null
    or {'source': source, 'entry': entry_id, 'at': received_at, 'file': sha256} in (
        select {'source': source, 'entry': entry_id, 'at': max(received_at), 'file': arg_max(sha256, {'at': received_at, 'file': sha256})}
        from feeds.membership
        where entry_id is not null
        group by source, entry_id
    )
