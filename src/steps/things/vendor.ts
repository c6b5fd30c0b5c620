/** The vendor's page that the steps follow. */
export const vendorPage =
	'https://docs.netwrix.com/docs/privilegesecure/4_2/installation/system-requirements/aws-configuration';
/** Where the vendor's tools are on the NPS server. */
export const keyToolsFolder = 'C:\\Program Files\\Stealthbits\\PAM\\KeyTools';
