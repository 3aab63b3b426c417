/** The addresses of a provider as every door says them. */
export { acsUrlOf, loginUrlOf, scimUrlOf } from '../../directory/index.ts';
