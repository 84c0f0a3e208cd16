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
from feeds.membership as told
where entry_id is null
    or {'at': received_at, 'file': sha256} = (
        select max({'at': received_at, 'file': sha256})
        from feeds.membership as other
        where other.source = told.source and other.entry_id = told.entry_id
    )
