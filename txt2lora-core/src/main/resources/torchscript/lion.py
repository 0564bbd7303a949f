# Lion (Chen et al., "Symbolic Discovery of Optimization Algorithms", arXiv 2302.06675)

class Lion(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  beta1 : float
  beta2 : float
  weight_decay : float
  state : Dict[str, Tensor]

  def step(self, parameters: Tensor, gradient: Tensor, learning_rate: Tensor) -> Tensor:
    if "exp_avg" not in self.state:
      self.state["exp_avg"] = torch.zeros_like(parameters)
    rate = float(learning_rate)
    average = self.state["exp_avg"]
    parameters.mul_(1.0 - rate * self.weight_decay)
    update = torch.sign(average * self.beta1 + gradient * (1.0 - self.beta1))
    parameters.add_(update, alpha=-rate)
    average.mul_(self.beta2).add_(gradient, alpha=1.0 - self.beta2)
    return learning_rate

  def state_dict(self) -> Dict[str, Tensor]:
    return self.state

  def reset(self, parameters: Tensor, values: Tensor) -> Tensor:
    self.state.clear()
    return parameters.copy_(values)

  def load_state_dict(self, state: Dict[str, Tensor]) -> Tensor:
    for key in state.keys():
      self.state[key] = state[key].clone()
    return torch.zeros([])
