import type { HttpStatus } from '../model/generated/envoy-api.ts';

/** `envoy.type.v3.StatusCode` by name. */
const NUMBERS: ReadonlyMap<string, number> = new Map(
  [
    'Continue:100 OK:200 Created:201 Accepted:202 NonAuthoritativeInformation:203 NoContent:204 ResetContent:205',
    'PartialContent:206 MultiStatus:207 AlreadyReported:208 IMUsed:226 MultipleChoices:300 MovedPermanently:301 Found:302',
    'SeeOther:303 NotModified:304 UseProxy:305 TemporaryRedirect:307 PermanentRedirect:308 BadRequest:400 Unauthorized:401',
    'PaymentRequired:402 Forbidden:403 NotFound:404 MethodNotAllowed:405 NotAcceptable:406 ProxyAuthenticationRequired:407',
    'RequestTimeout:408 Conflict:409 Gone:410 LengthRequired:411 PreconditionFailed:412 PayloadTooLarge:413 URITooLong:414',
    'UnsupportedMediaType:415 RangeNotSatisfiable:416 ExpectationFailed:417 MisdirectedRequest:421 UnprocessableEntity:422',
    'Locked:423 FailedDependency:424 UpgradeRequired:426 PreconditionRequired:428 TooManyRequests:429',
    'RequestHeaderFieldsTooLarge:431 InternalServerError:500 NotImplemented:501 BadGateway:502 ServiceUnavailable:503',
    'GatewayTimeout:504 HTTPVersionNotSupported:505 VariantAlsoNegotiates:506 InsufficientStorage:507 LoopDetected:508',
    'NotExtended:510 NetworkAuthenticationRequired:511',
  ]
    .flatMap((line) => line.split(' '))
    .map((pair) => pair.split(':'))
    .map(([name = '', number]) => [name, Number(number)]),
);

/** The number of an HttpStatus; undefined where it is unset or unknown. */
export function statusNumber(status: HttpStatus | undefined): number | undefined {
  const code = status?.code;
  return typeof code === 'number' ? code || undefined : NUMBERS.get(code ?? '');
}

/** The number of an HttpStatus that is an error, else the fallback. Source: the filters' toErrorCode. */
export function errorStatus(status: HttpStatus | undefined, fallback: number): number {
  const number = statusNumber(status) ?? fallback;
  return number >= 400 ? number : fallback;
}
