/**
 * No function over 60 lines, as `lengths.py` holds it for Python. `deno lint` loads this file.
 */

const FUNCTION = 60;

const check = (context) => (node) => {
  const text = context.sourceCode.getText(node);
  const lines = text.split("\n").length;
  if (lines > FUNCTION) {
    context.report({
      node,
      message: `This function has ${lines} lines, ${FUNCTION} at most.`,
      hint: "Give its parts names of their own.",
    });
  }
};

export default {
  name: "lengths",
  rules: {
    "function": {
      create(context) {
        return {
          FunctionDeclaration: check(context),
          FunctionExpression: check(context),
          ArrowFunctionExpression: check(context),
        };
      },
    },
  },
};
