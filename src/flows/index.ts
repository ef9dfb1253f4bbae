export { inspectFlow } from './run.js';
export { parseFlowPlan, targetFault, type FlowPlan, type FlowPlanOptions } from './plan.js';
export type { FlowDeps, RequestInHand } from './context.js';
export type { HostDocument, HostedDocument } from './registration/hosted-document.js';
export type { FlowEnd, FlowEvent, FlowStart } from './trace/events.js';
export {
  REQUEST_METHODS,
  type BeforeSending,
  type HttpExchange,
  type HttpRequest,
  type HttpResponse,
} from './exchange/exchange.js';
export { createFlowCollector, eventsOf, type FlowCollector } from './trace/collect.js';
export {
  diagramOf,
  PARTY_TEXTS,
  type Diagram,
  type MessageRow,
  type NoteRow,
  type Row,
  type StepRow,
  type Tone,
} from './diagram/diagram.js';
export { FORMAT_IDS, type FormatId, formatFor, renderFlow, type RenderOptions } from './render/formats.js';
export { createTextRenderer, renderText, type TextOptions, type TextRenderer } from './render/text.js';
export { renderJson } from './render/json.js';
export { conclude, FAIL_ON, type Conclusion, type FailOn } from './findings/conclusion.js';
export { holdAgainst, parseExpectation, type Expectation } from './findings/expectations.js';
export { shortLine } from './render/short-line.js';
export { diffFlows } from './diff/diff.js';
export type { ComparedFlow, Difference, DiffSection, FlowDiff, Parting } from './diff/difference.js';
export { renderDiff, renderDiffJson, type DiffLayout } from './render/diff.js';
export { traceSchema } from './trace/trace-schema.js';
export { readSavedFlow, type SavedFlow } from './trace/saved.js';
export { headlessUserAgent, type HeadlessLogin } from './user-agent/headless.js';
export type { OpenUserAgent, UserAgent, VisitOutcome, VisitPorts } from './user-agent/user-agent.js';
export {
  flowDocument,
  FLOW_STEPS,
  LATER_STEPS,
  type CheckResult,
  type ExpectationResult,
  type FlowDecision,
  type FlowDocument,
  type FlowOutcome,
  type FlowStep,
  type FlowStepId,
  type FrontChannelMessage,
  type RegistrationVerdict,
  type SeenIdentifier,
  type TracedExchange,
} from './trace/trace.js';
export {
  compareIdentifiers,
  type ComparedIdentifier,
  type IdentifierDifference,
} from './findings/identifiers.js';
