// All of AWS's own code that a call needs, in one place to load late.
export {externalDataInterceptor} from '@smithy/core/config';
export {HttpRequest} from '@smithy/core/protocols';
export {NodeHttpHandler} from '@smithy/node-http-handler';
export {apis, clients} from './apis.js';
