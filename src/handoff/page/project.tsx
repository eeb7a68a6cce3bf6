import { useEffect } from "preact/hooks";
import { listProjects, type SignInState, switchProject } from "./api.ts";
import { useAction, useLoad } from "./hooks.ts";
import { Dialog, Heading, Message, Problem } from "./parts.tsx";

interface Props {
  readonly session: NonNullable<SignInState["session"]>;
  readonly onChosen: (state: SignInState) => void;
  /** Closes the dialog; without it this is a view. */
  readonly onClose?: () => void;
  readonly heading?: boolean;
}

/** Lets the reader choose the project to work in. */
export function ChooseProject(props: Props) {
  const form = <ProjectForm {...props} />;
  if (props.onClose !== undefined) {
    return (
      <Dialog title="Change project" onClose={props.onClose}>
        {form}
      </Dialog>
    );
  }
  return (
    <div class="narrow">
      <Heading>Choose a project</Heading>
      {form}
    </div>
  );
}

function ProjectForm({ session, onChosen, onClose }: Props) {
  const { data, error, reload } = useLoad(async () => ({ projects: await listProjects() }), []);
  const choose = useAction(async (project: string) => onChosen(await switchProject(project)));
  const only = data?.projects?.length === 1 ? data.projects[0]?.id : undefined;
  // There is nothing to choose at the sign-in of a user with one project.
  useEffect(() => {
    if (only !== undefined && onClose === undefined) choose.run(only);
  }, [only]);
  if (error !== undefined) {
    return (
      <>
        <Problem message={error} />
        <button type="button" onClick={reload}>
          Try again
        </button>
      </>
    );
  }
  if (data === undefined) return <p aria-busy="true">Loading the projects</p>;
  const { projects } = data;
  if (projects?.length === 0) {
    return <Message kind="warning">You have no role in any project. Ask your operator for one.</Message>;
  }
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const chosen = new FormData(event.currentTarget).get("project");
    if (typeof chosen === "string") choose.run(chosen.trim());
  };
  return (
    <form onSubmit={onSubmit}>
      <Problem message={choose.error} />
      {projects === undefined ? (
        <label>
          Project
          <input name="project" required defaultValue={session.project?.id ?? ""} spellcheck={false} />
        </label>
      ) : (
        <label>
          Project
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
      <button type="submit" aria-busy={choose.busy} aria-disabled={choose.busy}>
        Use this project
      </button>
    </form>
  );
}
