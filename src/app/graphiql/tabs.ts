/** An account shown in the first tab, ready to be signed in with (of the seeders; never a real person's). */
export interface GraphiqlSignIn {
  label: string;
  email: string;
  password: string;
}

/** One of GraphiQL's own tabs. Its title is the name of the operation. */
export interface GraphiqlTab {
  query: string;
  /** JSON text, as in the Variables editor. */
  variables?: string;
}

/**
 * From nothing to an agreement in two browser tabs. Of several operations in one tab, GraphiQL's button asks which;
 * Ctrl-Enter runs the one under the cursor.
 */
export function firstSteps(signIns: readonly GraphiqlSignIn[]): GraphiqlTab[] {
  return [
    { query: signIns.length > 0 ? withAccounts(signIns) : WITHOUT_ACCOUNTS },
    { query: MY_NEGOTIATIONS },
    { query: FOLLOW, variables: '{\n  "id": ""\n}' },
    { query: OFFER, variables: '{\n  "id": "",\n  "amount": "",\n  "message": null\n}' },
    { query: ACCEPT, variables: '{\n  "id": "",\n  "offerId": ""\n}' },
  ];
}

/** Lines of 50 characters: so many does the editor show on a small screen. */
const STEPS = `#    At the bottom of the page stands who you are
#    in this tab of your browser.
# 2. Open this page in a second browser tab beside
#    it, and sign in as the other party: each tab
#    is a person of its own.
# 3. In both, run MyNegotiations (above). Copy the
#    id of one that stands in both lists.
# 4. Who waits runs FollowNegotiation with it.
#    Leaving it for another tab above ends it.
# 5. Whose turn it is runs SubmitOffer or, if the
#    price is right, AcceptOffer: the other one
#    sees it arrive.
#
# A token of your own goes first; into Headers:
#    {"Authorization": "Bearer <accessToken>"}`;

/** A mutation for each account: nothing has to be typed. */
function withAccounts(signIns: readonly GraphiqlSignIn[]): string {
  const mutations = signIns.map(({ label, email, password }) => {
    const name = `SignInAs${label.charAt(0).toUpperCase()}${label.slice(1)}`;
    return `mutation ${name} {\n${login(email, password)}}\n`;
  });
  return `# A buyer and a dealer agree on a price, live:
# 1. Press the button and choose who you are.
${STEPS}

${mutations.join('\n')}`;
}

const WITHOUT_ACCOUNTS = `# A buyer and a dealer agree on a price, live:
# 1. Sign in with your account (Ctrl-Enter).
${STEPS}

mutation SignIn {
${login('you@example.com', '')}}
`;

function login(email: string, password: string): string {
  return `  login(input: {
    email: ${JSON.stringify(email)}
    password: ${JSON.stringify(password)}
  }) {
    tokens { accessToken refreshToken }
    user { id email userType }
  }
`;
}

const MY_NEGOTIATIONS = `# Those which are open, the latest first.
query MyNegotiations {
  me { id email userType }
  negotiations(filter: { statuses: [ACTIVE] }) {
    nodes {
      id turn
      vehicle { year make model askingPrice }
      currentOffer { id amount party }
      buyer { displayName }
      dealer { businessName }
    }
  }
}
`;

const FOLLOW = `# Ctrl-Enter starts it, and stops it. You see the
# newest event. "after" is the last sequence that
# was seen: 0 replays all.
subscription FollowNegotiation($id: ID!) {
  negotiationEvents(
    negotiationId: $id
    after: 0
  ) {
    sequence kind party message createdAt
    offer { id amount }
    negotiation { status turn agreedPrice }
  }
}
`;

const OFFER = `# An offer or a counter-offer. A buyer's rise, a
# dealer's fall; a refusal tells the bounds.
mutation SubmitOffer(
  $id: ID!
  $amount: Money!
  $message: String
) {
  submitOffer(input: {
    negotiationId: $id
    amount: $amount
    message: $message
  }) {
    offer { id amount expiresAt }
    negotiation { turn buyerOffersRemaining }
  }
}
`;

const ACCEPT = `# "offerId" is the offer that you saw: if a newer
# one stands by now, you are told so.
mutation AcceptOffer($id: ID!, $offerId: ID!) {
  acceptOffer(input: {
    negotiationId: $id
    offerId: $offerId
  }) {
    negotiation {
      status agreedPrice holdExpiresAt
      vehicle { status }
    }
  }
}
`;
