/** The document, variables and headers that an explorer opens with. */
export const prepared = {
  document: `# Put a token into the Authorization header, then press the button.
# The service prints the owner's token on its first start.
query Welcome($first: Int!, $search: String) {
  viewer {
    member { displayName }
    permissions
    rateLimit { remaining cost }
  }
  tenant {
    name
    members(first: $first, filter: { query: $search }, orderBy: [{ field: DISPLAY_NAME }]) {
      totalCount
      nodes {
        displayName
        email
        state
        provenance { origin managed identityProvider { name } }
        role { name }
        roleExplanation { summary }
        teams(first: 5) { nodes { team { name } origin } }
      }
    }
  }
}
`,
  variables: { first: 10, search: null },
  headers: { Authorization: 'Bearer <token>' },
};
