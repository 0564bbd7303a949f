# Stochastic gradient descent with momentum (Sutskever et al., ICML 2013), as in PyTorch

class Sgd(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool
  momentum : float
  weight_decay : float
  nesterov : bool
  state : Dict[str, Tensor]

  def step(self, parameters: Tensor, gradient: Tensor, learning_rate: Tensor) -> Tensor:
    update = gradient + parameters * self.weight_decay
    if self.momentum != 0.0:
      if "momentum_buffer" in self.state:
        self.state["momentum_buffer"].mul_(self.momentum).add_(update)
      else:
        self.state["momentum_buffer"] = update.clone()
      if self.nesterov:
        update = update + self.state["momentum_buffer"] * self.momentum
      else:
        update = self.state["momentum_buffer"]
    parameters.add_(update, alpha=-float(learning_rate))
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
