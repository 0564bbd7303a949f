# The change D of a projection's weight W that gives the tokens of target prompts the keys and values of their goals and
# leaves those of kept tokens alone (Gandikota et al., "Unified Concept Editing in Diffusion Models", arXiv 2308.14761,
# section 4.1, with a ridge). It minimises, with c_i the embeddings of the targets' tokens, g_i their goals and c_j the
# embeddings of tokens to keep,
#   sum_i w_i |(W + D) c_i - W g_i|^2 + keep_weight sum_j w_j |D c_j|^2 + ridge |D|^2,
# which gives
#   D = W K G^-1,  K = sum_i w_i (g_i - c_i) c_i^T,  G = sum_i w_i c_i c_i^T + keep_weight sum_j w_j c_j c_j^T + ridge I.
# What another change D' costs more is |(D' - D) L|^2 with G = L L^T, so the best one of rank r is the truncated singular
# value decomposition of D L = W K L^-T, times L^-1 (Eckart and Young, "The approximation of one matrix by another of
# lower rank", 1936). All is computed on the CPU in float64.

class ClosedForm(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # What all projections have in common: D = W @ effects @ rows, where the rows are orthonormal in the metric G.
  # contexts: [prompts, tokens, width]; ridge: as a share of the mean square length of a token's embedding
  # problem: vectors of numbers
  #   weights: of each token of each prompt, in a row
  #   targets: which prompts are targets; target_weights: what their tokens' weights are multiplied by
  #   sources: tokens in the order of `weights`, as many for each term as a prompt has; factors: of each term;
  #     owners: to which target's goal, counted as in `targets`, the term adds the factor times its tokens
  #   kept: which prompts stay; kept_weights: as target_weights
  # -> effects: [width, k], rows: [k, width], float64, k = min(targets * tokens, width)
  def solve(self, contexts: Tensor, ridge: Tensor, problem: Dict[str, Tensor]) -> List[Tensor]:
    tokens = contexts.shape[1]
    width = contexts.shape[2]
    contexts = contexts.cpu().to(7)
    weights = problem["weights"].reshape([-1, tokens, 1])
    targets = problem["targets"].to(4)
    target = contexts.index_select(0, targets)
    terms = contexts.reshape([-1, width]).index_select(0, problem["sources"].to(4)).reshape([-1, tokens, width])
    goal = torch.zeros_like(target).index_add(0, problem["owners"].to(4), terms * problem["factors"].reshape([-1, 1, 1]))
    scale = (weights.index_select(0, targets) * problem["target_weights"].reshape([-1, 1, 1])).sqrt()
    change = ((goal - target) * scale).reshape([-1, width])
    target = (target * scale).reshape([-1, width])
    kept = problem["kept"].to(4)
    scale = (weights.index_select(0, kept) * problem["kept_weights"].reshape([-1, 1, 1])).sqrt()
    keep = (contexts.index_select(0, kept) * scale).reshape([-1, width])
    # without the start token, the first, which is the same in all prompts and can be far longer than the others
    square = contexts.narrow(1, 1, tokens - 1).square().sum([2]).mean()
    gram = torch.matmul(target.t(), target) + torch.matmul(keep.t(), keep)
    factor = torch.linalg_cholesky(gram + torch.eye(width, dtype=7) * (square * ridge))
    # K L^-T = change^T (target L^-T) = (change^T R^T) Q^T
    q, r, = torch.linalg_qr(torch.linalg_solve_triangular(factor, target.t(), upper=False), "reduced")
    rows = torch.linalg_solve_triangular(factor, q.t(), upper=False, left=False)
    return [torch.matmul(change.t(), r.t()), rows]

  # Writes the best change of a LoRA's rank into its places in `parameters`, as much of it in up as in down. Ranks that
  # the change has no use for stay as they are.
  # weight: [outputs, width]; down_offset, up_offset: where the matrices begin; scale: alpha / rank
  # -> how many ranks are used
  def write(self, parameters: Tensor, weight: Tensor, effects: Tensor, rows: Tensor, rank: Tensor, scale: Tensor, down_offset: Tensor, up_offset: Tensor) -> Tensor:
    outputs = weight.shape[0]
    width = weight.shape[1]
    ranks = int(rank)
    u, s, vh, = torch.linalg_svd(torch.matmul(weight.cpu().to(7), effects), False)
    # embeddings in float32 say nothing about what is smaller
    used = min(ranks, int((s > s[0] * 1e-6).sum()))
    v = torch.matmul(vh.narrow(0, 0, used), rows)
    length = torch.linalg_vector_norm(v, 2, [1])
    half = (s.narrow(0, 0, used) * length / float(scale)).sqrt()
    down = parameters.narrow(0, int(down_offset), ranks * width).view([ranks, width])
    up = parameters.narrow(0, int(up_offset), outputs * ranks).view([outputs, ranks])
    down.narrow(0, 0, used).copy_(v * (half / length).unsqueeze(1))
    up.narrow(1, 0, used).copy_(u.narrow(1, 0, used) * half)
    return torch.tensor(used)
