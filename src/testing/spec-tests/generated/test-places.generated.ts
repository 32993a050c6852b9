/** What messages need to know of a schema, generated from schemas/test.v1.schema.json by `npm run gen`. */


/** Where a map stands in a spec, such as `tools.<name>`; the empty text is the top level. */
export interface Place {
  readonly place: string
  /** The kind of map, where several have that place: `type: shell`. */
  readonly variant?: string
}

/** What a value should look like. */
export interface Form {
  /** With its article: `a duration such as "10s"`. */
  readonly title?: string
  readonly help?: string
}

/** Holds for maps that have `key` (with `value`, where there is one); `negated`: for those that have another value. */
export interface Condition {
  readonly key: string
  readonly value?: string
  readonly negated?: true
}

/** Maps with fixed keys. */
export const testPlaces: Readonly<Record<string, { readonly at: readonly Place[]; readonly keys: readonly string[] }>> = {
  "def:root": {"at":[{"place":""}],"keys":["spec","tests","policies","diagnostics"]},
  "def:test": {"at":[{"place":"tests[]"}],"keys":["name","input","inputs","agent","session","context","env","model","replay","tools","steps"]},
  "def:stub": {"at":[{"place":"tests[].tools.<name>"}],"keys":["returns","throws","handler"]},
  "def:step": {"at":[{"place":"tests[].steps[]"}],"keys":["expect","approve","reject","input","resume"]},
  "def:approval": {"at":[{"place":"tests[].steps[].approve"}],"keys":["call","args","result","always"]},
  "def:rejection": {"at":[{"place":"tests[].steps[].reject"}],"keys":["call","message","always"]},
  "def:resumption": {"at":[{"place":"tests[].steps[].resume"}],"keys":["input","max_turns","context"]},
  "def:expectation": {"at":[{"place":"tests[].steps[].expect"}],"keys":["status","final_output","last_agent","interruptions","tool_calls","model_input","events","usage","error","exit_code"]},
  "def:policy": {"at":[{"place":"policies[]"}],"keys":["agent","tool","args","context","expect"]},
  "def:expected_diagnostic": {"at":[{"place":"diagnostics[]"}],"keys":["code","line","file"]},
  "def:script_step": {"at":[{"place":"tests[].model[]"},{"place":"tests[].model.<name>[]"}],"keys":["text","output","tool_calls","handoff","input","items","error","usage","delay","expect"]},
  "def:script_step/properties/error": {"at":[{"place":"tests[].model[].error"},{"place":"tests[].model.<name>[].error"}],"keys":["status","message","retry_after"]},
  "def:script_usage": {"at":[{"place":"tests[].model[].usage"},{"place":"tests[].model.<name>[].usage"}],"keys":["requests","input_tokens","output_tokens","total_tokens","input_tokens_details","output_tokens_details"]},
  "def:script_usage/properties/input_tokens_details": {"at":[{"place":"tests[].model[].usage.input_tokens_details"},{"place":"tests[].model.<name>[].usage.input_tokens_details"}],"keys":["cached_tokens"]},
  "def:script_usage/properties/output_tokens_details": {"at":[{"place":"tests[].model[].usage.output_tokens_details"},{"place":"tests[].model.<name>[].usage.output_tokens_details"}],"keys":["reasoning_tokens"]},
  "def:script_call": {"at":[{"place":"tests[].model[].tool_calls[]"},{"place":"tests[].model.<name>[].tool_calls[]"}],"keys":["name","arguments","call_id"]},
}

/** Values of a special form. */
export const testForms: Readonly<Record<string, Form>> = {
  "def:root": {"help":"For example: { spec: ./support.yaml, policies: [{ tool: cancel_order, args: { order_id: 7, amount: 150 }, expect: ask }] }"},
  "def:test": {"help":"For example: { name: greets, input: Hello, model: [{ text: Hi }] }"},
  "def:test/properties/input": {"help":"What the user says: a text, or items of the Responses API."},
  "def:test/properties/inputs/items": {"help":"One turn."},
  "def:test/properties/context": {"help":"For example: { customer_id: \"12\" }"},
  "def:test/properties/env": {"help":"For example: { LLM_URL: \"http://127.0.0.1:8080/v1\" }"},
  "def:test/properties/tools": {"help":"For example: { cancel_order: { returns: { ok: true } } }"},
  "def:stub": {"help":"For example: { returns: { ok: true } }"},
  "def:step": {"help":"For example: { approve: { call: cancel_order } }"},
  "def:step/properties/input": {"help":"The next turn of the conversation."},
  "def:approval": {"help":"For example: { call: cancel_order }"},
  "def:approval/properties/args": {"help":"For example: { order_id: 7, amount: 50 }"},
  "def:rejection": {"help":"For example: { call: cancel_order, message: Too much }"},
  "def:resumption": {"help":"`true`, or what to go on with."},
  "def:resumption/properties/input": {"help":"Joins the history before the model is asked."},
  "def:resumption/properties/context": {"help":"For example: { tier: pro }"},
  "def:expectation": {"help":"For example: { status: completed, final_output: { contains: Done } }"},
  "def:expectation/properties/status": {"help":"Of the run."},
  "def:expectation/properties/last_agent": {"help":"The agent that spoke last."},
  "def:expectation/properties/exit_code": {"help":"What the command `run` would exit with."},
  "def:policy": {"help":"For example: { tool: cancel_order, args: { order_id: 7, amount: 150 }, expect: ask }"},
  "def:policy/properties/args": {"help":"For example: { order_id: 7, amount: 150 }"},
  "def:policy/properties/context": {"help":"For example: { tier: pro }"},
  "def:expected_diagnostic": {"help":"A code, or a code and where it is."},
  "def:handler": {"title":"a handler such as \"./tools.ts#lookupOrder\"","help":"An exported function of a module, as `./file.ts#export`: relative to the file that names it, inside the folder of the spec."},
  "def:script": {"help":"Answers in order, or a map from agent to its answers. The next one is the number of attempts recorded so far in the run (map: by that agent)."},
  "def:script_step": {"help":"For example: { text: Hello }"},
  "def:script_step/properties/error": {"help":"For example: { status: 503, message: Unavailable }"},
  "def:duration": {"title":"a duration such as \"10s\"","help":"A length of time: a number with `ms`, `s`, `m` or `h`; a bare number is seconds."},
  "def:script_usage": {"help":"For example: { input_tokens: 10, output_tokens: 5 }"},
  "def:script_usage/properties/input_tokens_details": {"help":"For example: { cached_tokens: 0 }"},
  "def:script_usage/properties/output_tokens_details": {"help":"For example: { reasoning_tokens: 0 }"},
  "def:script_call": {"help":"For example: { name: lookup_order, arguments: { order_id: 7 } }"},
}

/** Keys of which exactly one must be there. */
export const testChoices: Readonly<Record<string, readonly string[]>> = {
  "def:test": ["input","inputs"],
  "def:stub": ["returns","throws","handler"],
  "def:step": ["expect","approve","reject","input","resume"],
  "def:script_step": ["text","output","tool_calls","handoff","items","error"],
}

/** When some keys do not fit. */
export const testConditions: Readonly<Record<string, Condition>> = {
  "def:test/then": {"key":"replay"},
}
