/** The vendor's page that the steps follow. */
export const vendorPage =
	'https://docs.netwrix.com/docs/privilegesecure/4_2/installation/system-requirements/aws-configuration';
/** The same steps in the newest version of that page (25.12). */
export const newestVendorPage = 'https://docs.netwrix.com/docs/privilegesecure/25_12/requirements/awskey';
/** Where the vendor's tools are on the NPS server. */
export const keyToolsFolder = 'C:\\Program Files\\Stealthbits\\PAM\\KeyTools';
