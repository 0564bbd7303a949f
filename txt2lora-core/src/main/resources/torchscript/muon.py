# Muon (Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024), with steps as large as AdamW's
# (Liu et al., arXiv 2502.16982): each matrix moves along its momentum with all singular values made nearly equal, so
# that what has a small gradient is learned as fast as what has a large one. It needs the matrices' places in the vector.

# Newton and Schulz's iteration, x <- (a + b x x^T + c (x x^T)^2) x, for wide matrices x: [count, rank, length]. All
# factors of x are polynomials of x x^T, so the iteration is made with these small matrices alone.
def orthogonalized(x: Tensor) -> Tensor:
  square = torch.bmm(x, x.transpose(1, 2))
  norm = square.diagonal(0, 1, 2).sum([-1], True).unsqueeze(-1).sqrt().clamp_min(1e-30)
  square = square / norm / norm
  factor = torch.eye(x.shape[1], dtype=x.dtype, device=x.device).expand_as(square)
  for _ in range(5):
    now = torch.bmm(torch.bmm(factor, square), factor)
    change = torch.baddbmm(now, now, now, beta=-4.775, alpha=2.0315)
    factor = torch.baddbmm(factor, change, factor, beta=3.4445)
  return torch.bmm(factor / norm, x)

class Muon(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  momentum : float
  nesterov : bool
  weight_decay : float
  state : Dict[str, Tensor]

  def step(self, parameters: Tensor, gradient: Tensor, learning_rate: Tensor, layout: Dict[str, Tensor]) -> Tensor:
    if "momentum_buffer" not in self.state:
      self.state["momentum_buffer"] = torch.zeros_like(parameters)
    rate = float(learning_rate)
    direction = self.state["momentum_buffer"].lerp_(gradient, 1.0 - self.momentum)
    if self.nesterov:
      direction = gradient.lerp(direction, self.momentum)
    parameters.mul_(1.0 - rate * self.weight_decay)
    # matrices of one shape in one call
    weights = annotate(Dict[str, List[Tensor]], {})
    directions = annotate(Dict[str, List[Tensor]], {})
    all_weights = __torch__.adapter.matrices(parameters, layout)
    all_directions = __torch__.adapter.matrices(direction, layout)
    for key in all_weights.keys():
      weight = all_weights[key].flatten(1)
      matrix = all_directions[key].flatten(1)
      if weight.shape[0] > weight.shape[1]:
        weight = weight.t()
        matrix = matrix.t()
      shape = str(weight.shape[0]) + "x" + str(weight.shape[1])
      if shape not in weights:
        weights[shape] = []
        directions[shape] = []
      weights[shape].append(weight)
      directions[shape].append(matrix)
    for shape in weights.keys():
      steps = __torch__.muon.orthogonalized(torch.stack(directions[shape]))
      torch._foreach_sub_(weights[shape], steps.unbind(0), alpha=rate * 0.2 * float(steps.shape[2]) ** 0.5)
    return parameters

  def state_dict(self) -> Dict[str, Tensor]:
    return self.state

  def reset(self, parameters: Tensor, values: Tensor) -> Tensor:
    self.state.clear()
    return parameters.copy_(values)

  def load_state_dict(self, state: Dict[str, Tensor]) -> Tensor:
    for key in state.keys():
      self.state[key] = state[key].clone()
    return torch.zeros([])
