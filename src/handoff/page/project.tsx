import { useEffect } from "preact/hooks";
import { listProjects, type SignInState, switchProject } from "./api.ts";
import { Form, textOf } from "./form.tsx";
import { useAction, useLoad } from "./hooks.ts";
import { t } from "./messages/messages.ts";
import { Dialog, Heading, Message, Problem } from "./parts.tsx";
import { Skeleton } from "./skeleton.tsx";

interface Props {
  readonly session: NonNullable<SignInState["session"]>;
  /** The project that is chosen without a question, if the user still has it. */
  readonly before?: string | undefined;
  readonly onChosen: (state: SignInState) => void;
  /** Closes the dialog; without it this is a view. */
  readonly onClose?: () => void;
}

/** Lets the reader choose the project to work in. */
export function ChooseProject(props: Props) {
  const form = <ProjectForm {...props} />;
  if (props.onClose !== undefined) {
    return (
      <Dialog title={t.project.change} onClose={props.onClose}>
        {form}
      </Dialog>
    );
  }
  return (
    <div class="narrow">
      <Heading>{t.project.choose}</Heading>
      {form}
    </div>
  );
}

function ProjectForm({ session, before, onChosen, onClose }: Props) {
  const { data, error, reload } = useLoad(async () => ({ projects: await listProjects() }), []);
  const choose = useAction(async (fields: FormData) =>
    onChosen(await switchProject(textOf(fields, "project"))),
  );
  const { projects: all = [] } = data ?? {};
  const only = (all.length === 1 ? all[0] : all.find(({ id }) => id === before))?.id;
  // There is nothing to choose at the sign-in of a user with one project, or of one who goes on.
  useEffect(() => {
    if (only === undefined || onClose !== undefined) return;
    const fields = new FormData();
    fields.set("project", only);
    choose.run(fields);
  }, [only]);
  if (error !== undefined) {
    return <Problem message={error} onRetry={reload} />;
  }
  if (data === undefined) return <Skeleton lines={2} />;
  const { projects } = data;
  if (projects?.length === 0) return <Message kind="warning">{t.project.hasNone}</Message>;
  return (
    <Form action={choose} submit={t.project.use}>
      {projects === undefined ? (
        <label>
          {t.project.label}
          <input name="project" required defaultValue={session.project?.id ?? ""} spellcheck={false} />
        </label>
      ) : (
        <label>
          {t.project.label}
          <select name="project" required>
            {projects.map(({ id, name }) => (
              <option key={id} value={id} selected={id === session.project?.id}>
                {/* Isolated: a name can be of a script that is written from right to left. */}
                {`\u2068${name}\u2069 (${id})`}
              </option>
            ))}
          </select>
        </label>
      )}
    </Form>
  );
}
