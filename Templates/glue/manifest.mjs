// What is known of the linked module when the glue is generated: its imports, which of them suspend, and which exports are
// called on stacks of their own. `frond build` replaces the value between the two marks; the one here serves unbundled use,
// where the module itself is asked.

/**
 * @type {{ suspending: string[], promising: string[], imports: string[] | null }}
 * `imports` are "module.name" in the order of the module; null: not known, ask the module.
 */
export const manifest = /* frond:manifest */ {
    suspending: ['frond.switch'],
    promising: ['frond_start', 'frond_context_entry'],
    imports: null,
} /* frond:end */;
